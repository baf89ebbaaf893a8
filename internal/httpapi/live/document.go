package live

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

const eventsExample = `retry: 1734
id: 6

event: session
data: {"current_step":1,"next_step":1,"completion_percentage":0,"is_completed":false,"version":6}

event: step
id: 7
data: {"step":2,"status":"in_progress","progress":42.5,"phase":"crawling","message":"Read 3 of 10 pages of the website.","submission_id":"0197c1d2-0000-7000-8000-000000000000","version":7}

event: session
data: {"current_step":1,"next_step":1,"completion_percentage":0,"is_completed":false,"version":7}

`

// describeStreams adds the two streams, which huma does not serve, to the document.
func (s *Streams) describeStreams() {
	doc := s.edge.API.OpenAPI()
	step := edge.SchemaOf[StepEventBody](s.edge)
	session := edge.SchemaOf[SessionEventBody](s.edge)
	const shared = " A step event follows every change of a step; its id is the session's version. The session event " +
		"after the last one has no id, and comes again after every connect. " +
		"A new stream begins with the steps that are being worked on and a session event; one that names the last event " +
		"that it has seen begins with what it missed. " +
		"A heartbeat event, whose data is empty, comes every 10 s; a client that has heard nothing for 30 s connects again. " +
		"Streams end when the token does, and when the server restarts."
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: pathEvents, OperationID: "streamEvents", Tags: []string{"streams"},
		Summary:     "Live progress as server-sent events",
		Description: "The data of a step event is a StepEventBody, that of a session event a SessionEventBody." + shared,
		Parameters:  streamParameters(), Security: streamSecurity(),
		Responses: s.streamResponses(map[int]*huma.Response{http.StatusOK: {
			Description: "The stream.",
			Content: map[string]*huma.MediaType{"text/event-stream": {
				Schema: &huma.Schema{Type: huma.TypeString}, Example: eventsExample,
			}},
		}}, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable),
	})
	messages := map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"event", "data"},
		Properties: map[string]*huma.Schema{
			"event": {Type: huma.TypeString, Enum: []any{eventStep, eventSession, eventHeartbeat}},
			"id":    {Type: huma.TypeInteger, Description: "Left out for a session event."},
			"data":  {AnyOf: []*huma.Schema{step, session, {Type: huma.TypeObject}}},
		},
	}}}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: pathWS, OperationID: "streamWebSocket", Tags: []string{"streams"},
		Summary: "Live progress on a WebSocket",
		Description: "The events of streamEvents, each as a text message {\"event\", \"id\", \"data\"}: the schema of 101. " +
			"Nothing is read from the client." + shared +
			" Close codes: 1008 the token has expired, 1012 the server restarts.",
		Parameters: streamParameters(), Security: streamSecurity(),
		Responses: s.streamResponses(map[int]*huma.Response{
			http.StatusSwitchingProtocols: {Description: "The connection is a WebSocket.", Content: messages},
			http.StatusOK: {
				Description: "The same where a proxy speaks HTTP/2 or HTTP/3 to the client (RFC 8441).", Content: messages,
			},
		}, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUpgradeRequired,
			http.StatusTooManyRequests, http.StatusServiceUnavailable),
	})
}

func streamSecurity() []map[string][]string {
	return []map[string][]string{{edge.BearerScheme: {}}, {edge.TicketScheme: {}}}
}

func streamParameters() []*huma.Param {
	const what = "The id of the last event, or the version, that the client has seen. What is no version of " +
		"the session is ignored."
	return []*huma.Param{
		{Name: headerLastEventID, In: "header", Description: what, Schema: &huma.Schema{Type: huma.TypeString}, Example: "7"},
		{
			Name: queryLastEventID, In: "query", Description: what + " For clients that can't send the header.",
			Schema: &huma.Schema{Type: huma.TypeString}, Example: "7",
		},
	}
}

// streamResponses adds the problems of a stream to its successful responses.
func (s *Streams) streamResponses(good map[int]*huma.Response, problems ...int) map[string]*huma.Response {
	content := s.edge.ProblemContent()
	responses := map[string]*huma.Response{"default": {Description: "A problem.", Content: content}}
	for status, response := range good {
		responses[strconv.Itoa(status)] = response
	}
	for _, status := range problems {
		responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: content}
	}
	return responses
}
