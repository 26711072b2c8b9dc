"""The two stacks, in AWS CDK: one construct a file."""
