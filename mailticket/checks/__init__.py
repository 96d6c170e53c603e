"""Is everything there that the service will need? looks.py has the table; each other file looks at one thing."""
