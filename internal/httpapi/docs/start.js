// The list of operations is painted first; then Swagger UI takes its place.
const start = () => SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#documentation',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1, // each operation shows its own
  persistAuthorization: false, // a token must not outlive the page
  validatorUrl: null, // else it asks a server on the internet
});
requestAnimationFrame(() => setTimeout(() => {
  const bundle = document.createElement('script');
  bundle.src = '/docs/swagger-ui-bundle.js';
  bundle.onload = start;
  document.head.append(bundle);
}));
