"""What moto 5.2.5 lacks, one module per AWS service. A docstring says which call and what goes wrong without it."""
