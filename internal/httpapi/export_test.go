package httpapi

// Route is a method and a pattern that the server has a handler for.
type Route struct{ Method, Pattern string }

// Routes lists the routes that the server really has, whatever its document says.
func (s *Server) Routes() []Route {
	var routes []Route
	for _, route := range s.edge.App.GetRoutes(true) {
		routes = append(routes, Route{route.Method, route.Path})
	}
	return routes
}
