package onboarding_test

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// A newer submission that fails does not undo a result that is held.
func ExampleStep_Done() {
	result := uuid.New()
	step := onboarding.Step{Number: onboarding.StepWebsite, Status: onboarding.StepFailed, ResultSubmissionID: &result}
	fmt.Println(step.Done())
	step.ResultSubmissionID = nil // as a reset leaves it
	fmt.Println(step.Done())
	// Output:
	// true
	// false
}

// What a user has to do before the onboarding can be finished.
func ExampleStepNumber_Missing() {
	var session onboarding.Session
	for i := range session.Steps {
		session.Steps[i] = onboarding.Step{Number: onboarding.StepNumber(i + 1), Status: onboarding.StepPending}
	}
	session.Steps[onboarding.StepWebsite-1].Status = onboarding.StepCompleted
	for _, step := range onboarding.StepFinish.Missing(session.Steps) {
		fmt.Println("Step", step.Number.Label())
	}
	// Output:
	// Step 3 (AI Research)
	// Step 4 (Personalization)
}

func ExampleStepStatus_CanBecome() {
	fmt.Println(onboarding.StepPending.CanBecome(onboarding.StepSkipped))
	fmt.Println(onboarding.StepCompleted.CanBecome(onboarding.StepFailed))
	// Output:
	// true
	// false
}

func ExampleNormalizeURL() {
	address, err := onboarding.NormalizeURL("BÜCHER.example:443/")
	fmt.Println(address, err)
	_, err = onboarding.NormalizeURL("ftp://example.com")
	fmt.Println(err)
	// Output:
	// https://xn--bcher-kva.example <nil>
	// website: Only http and https addresses can be read. Enter one like https://example.com.
}
