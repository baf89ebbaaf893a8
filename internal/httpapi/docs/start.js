// A script of its own: the page's policy allows none within the page.
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#documentation',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  persistAuthorization: false, // a token must not outlive the page
  validatorUrl: null, // else it asks a server on the internet
});
