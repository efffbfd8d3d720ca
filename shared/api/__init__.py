"""The API as all of its functions make it: routes, schemas, the OpenAPI document."""
