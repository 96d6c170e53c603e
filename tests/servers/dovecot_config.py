"""What is in the configuration of a test's Dovecot? Texts whose gaps tests.servers.dovecot fills in."""

CONFIG = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{folder}/mail/%n
auth_username_format = %Ln
first_valid_uid = 1
first_valid_gid = 0
mail_plugins = {plugins}
plugin {{
  acl = vfile:{folder}/acl
  {quota}
}}
{oauth2}
passdb {{
  driver = passwd-file
  args = {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%n
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
{folders}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
# wrong passwords are answered at once, however many there were
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
# where Postfix asks about logins (smtpd_sasl_type = dovecot)
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth_port}
  }}
}}
{capabilities}
{rootless}
"""

#: Without root every part of Dovecot runs as the one user there is, and nothing can be locked into a folder.
ROOTLESS = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
"""

#: Its logins by OAUTHBEARER and XOAUTH2.
OAUTH2 = """
auth_mechanisms = plain login {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {folder}/oauth2.conf
}}
# it makes those wait who were refused: seconds that no test needs
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
OAUTH2_PASSDB = """
introspection_mode = post
introspection_url = {url}
username_attribute = user
active_attribute = active
active_value = true
tls_ca_cert_file = {ca_file}
"""


def folder_block(name: str, special_use: str) -> str:
    """A folder below the prefix; Dovecot wants modified UTF-7 names as UTF-8 here."""
    use = f"special_use = {special_use}\n" if special_use else ""
    return f'mailbox "{name}" {{\nauto = subscribe\n{use}}}'
