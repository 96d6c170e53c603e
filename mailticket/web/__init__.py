"""What of the desk is on the web? The page of an agent's button, and nothing else."""
