"""How is a decision carried out? The one place that acts: each action works inside the transaction of its caller."""
