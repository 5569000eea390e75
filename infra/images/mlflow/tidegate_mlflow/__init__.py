"""What the MLflow image adds to MLflow: settings from parts, a guarded start, a schema upgrade."""
