"""What does a resolver's own code answer? VTL and APPSYNC_JS, run for one request."""
