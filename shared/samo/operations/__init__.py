"""What a person does with a deployment: look, retry, replay, reprocess. Over ports, free of any cloud."""
