"""S3 uploads: the records of an uploaded file are stored, each once; what fails goes to the DLQ."""
