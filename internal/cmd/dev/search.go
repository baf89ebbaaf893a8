package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
)

// demoExaKey opens the demo's own search server and nothing else.
const demoExaKey = "de300000-0000-4000-8000-0123456789ab"

// startSearch starts a server that speaks the part of Exa's wire format that finds
// similar websites. It searches nothing: it always answers with the same websites.
func startSearch() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /findSimilar", findSimilar)
	return httptest.NewServer(mux)
}

// findSimilar checks a request as Exa does and answers it.
func findSimilar(w http.ResponseWriter, r *http.Request) {
	var query struct {
		URL        string
		NumResults int
	}
	switch {
	case r.Header.Get("X-Api-Key") != demoExaKey:
		searchAnswer(w, http.StatusUnauthorized, map[string]any{"error": "Invalid API key", "tag": "INVALID_API_KEY"})
	case json.NewDecoder(r.Body).Decode(&query) != nil || query.URL == "" || query.NumResults < 1 ||
		query.NumResults > 100:
		searchAnswer(w, http.StatusBadRequest, map[string]any{"error": "Invalid request body", "tag": "INVALID_REQUEST_BODY"})
	default:
		results := []map[string]any{
			similar("1", "https://www.chainline.example/", "Chainline Cycles: repairs and bike care classes", 0.62,
				"Repairs bicycles and teaches small groups to do it."),
			similar("2", "https://pedalyard.example/workshop", "The Pedal Yard workshop", 0.55,
				"A community workshop that rents out its stands and tools."),
			similar("3", "https://truewheel.example/", "True Wheel", 0.49,
				"Builds wheels and services gears, with fixed prices."),
		}
		searchAnswer(w, http.StatusOK,
			map[string]any{"requestId": "demo", "results": results[:min(len(results), query.NumResults)]})
	}
}

func similar(id, address, title string, score float64, summary string) map[string]any {
	return map[string]any{
		"id": id, "url": address, "title": title, "score": score, "publishedDate": "2025-03-01T00:00:00.000Z", "author": nil,
		"favicon": address + "favicon.ico", "summary": summary, "highlights": []string{summary},
		"highlightScores": []float64{0.5},
	}
}

func searchAnswer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone
}
