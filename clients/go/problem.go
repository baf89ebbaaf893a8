package onboarding

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// mostOfProblem is how much is read of an answer that is an error.
const mostOfProblem = 1 << 20

// ProblemError is the problem that the API answered with (RFC 9457).
type ProblemError struct {
	// Problem is as it was sent. Its Detail is a sentence for the user; its Code is stable, and "unknown" of what is not
	// the API's answer, a proxy's for example.
	Problem
	// Status is the HTTP status.
	Status int
	// RetryAfter is how long to wait before the same call makes sense again, 0 where nothing is said.
	RetryAfter time.Duration
}

func (e *ProblemError) Error() string { return fmt.Sprintf("%s (%s)", e.Detail, e.Code) }

// problemOf reads the answer of a call that failed, and closes it.
func problemOf(response *http.Response) *ProblemError {
	defer response.Body.Close()
	e := &ProblemError{Status: response.StatusCode}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, mostOfProblem))
	if err != nil || json.Unmarshal(body, &e.Problem) != nil || e.Code == "" {
		e.Problem = Problem{
			Type: "about:blank", Title: http.StatusText(response.StatusCode), Status: int64(response.StatusCode),
			Code: "unknown", Detail: fmt.Sprintf("The server answered %d.", response.StatusCode),
		}
	}
	return e
}
