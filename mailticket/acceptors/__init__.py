"""How does one machine use its cores? Processes beside the daemon that take mail by SMTP and write it themselves."""
