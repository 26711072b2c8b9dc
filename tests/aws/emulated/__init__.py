"""The emulator's process: ministack, and what it lacks of AWS. Nobody else imports this."""
