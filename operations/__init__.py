"""What an environment on AWS needs before, beside and after its deployments; it runs on an administrator's machine."""
