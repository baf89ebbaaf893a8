package legacytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Get answers a GET request of a user with the body of the response; anything but 200 is an error.
type Get func(userID, path string) ([]byte, error)

// base is the path of the API.
const basePath = "/api/onboarding"

// Check reads every value of a user back through the API, and returns an error for the first that differs.
func Check(get Get, want Want) error {
	c := checker{get: get, want: want}
	for _, check := range []func() error{c.steps, c.keys, c.analyses} {
		if err := check(); err != nil {
			return fmt.Errorf("user %s: %w", want.ID, err)
		}
	}
	return nil
}

type checker struct {
	get  Get
	want Want
}

func (c *checker) read(path string, into any) error {
	body, err := c.get(c.want.ID, basePath+path)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return fmt.Errorf("GET %s: %w", path, err)
	}
	return nil
}

// steps compares the statuses, the times and the data of the steps.
func (c *checker) steps() error {
	var init struct {
		Onboarding struct {
			IsCompleted bool `json:"is_completed"`
			Steps       []struct {
				Status      string  `json:"status"`
				CompletedAt *string `json:"completed_at"`
				Data        any     `json:"data"`
			} `json:"steps"`
		} `json:"onboarding"`
	}
	if err := c.read("/init", &init); err != nil {
		return err
	}
	if init.Onboarding.IsCompleted || len(init.Onboarding.Steps) != len(c.want.Statuses) {
		return fmt.Errorf("the onboarding is finished, or has not six steps: %v", init.Onboarding.IsCompleted)
	}
	data := map[int]object{3: c.want.Research, 4: c.want.Personas, 5: c.want.Integrations}
	for i, step := range init.Onboarding.Steps {
		n := i + 1
		if step.Status != c.want.Statuses[i] {
			return fmt.Errorf("step %d is %s instead of %s", n, step.Status, c.want.Statuses[i])
		}
		var at string
		if step.CompletedAt != nil {
			at = *step.CompletedAt
		}
		if want := c.want.Completed[n]; at != want && (want != AnyTime || at == "") {
			return fmt.Errorf("step %d was completed at %q instead of %q", n, at, want)
		}
		if err := within(data[n], step.Data, fmt.Sprintf("step %d", n)); err != nil {
			return err
		}
	}
	return nil
}

// keys compares the masks of the API keys.
func (c *checker) keys() error {
	var stored struct {
		APIKeys map[string]*string `json:"api_keys"`
	}
	if err := c.read("/api-keys", &stored); err != nil {
		return err
	}
	got := map[string]string{}
	for provider, mask := range stored.APIKeys {
		if mask != nil {
			got[provider] = strings.TrimPrefix(*mask, "****")
		}
	}
	if !maps.Equal(got, c.want.Keys) {
		return fmt.Errorf("the keys are %v instead of %v", got, c.want.Keys)
	}
	return nil
}

// analyses compares the analyses of all websites, and which of them counts.
func (c *checker) analyses() error {
	var stored struct {
		Analyses []struct {
			WebsiteURL *string `json:"website_url"`
			Style      any     `json:"style_analysis"`
		} `json:"analyses"`
	}
	if err := c.read("/style-detection/session-analyses", &stored); err != nil {
		return err
	}
	if len(stored.Analyses) != len(c.want.Analyses) {
		return fmt.Errorf("there are %d analyses instead of %d", len(stored.Analyses), len(c.want.Analyses))
	}
	for _, a := range stored.Analyses {
		var website string
		if a.WebsiteURL != nil {
			website = *a.WebsiteURL
		}
		want, ok := c.want.Analyses[website]
		if !ok {
			return fmt.Errorf("there is an analysis of %q", website)
		}
		if err := within(want, a.Style, "analysis of "+website); err != nil {
			return err
		}
	}
	if c.want.Held == "" {
		return nil
	}
	var held struct {
		WebsiteURL string `json:"website_url"`
	}
	if err := c.read("/website-analysis", &held); err != nil {
		return err
	}
	if held.WebsiteURL != c.want.Held {
		return fmt.Errorf("step 2 holds the analysis of %q instead of %q", held.WebsiteURL, c.want.Held)
	}
	return nil
}

// within returns an error unless got has every value of want.
func within(want, got any, path string) error {
	switch want := want.(type) {
	case object:
		values, ok := got.(object)
		if !ok && len(want) > 0 {
			return fmt.Errorf("%s is %.100v instead of an object", path, got)
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if want[name] == nil {
				continue
			}
			if err := within(want[name], values[name], path+"."+name); err != nil {
				return err
			}
		}
	case []any:
		values, ok := got.([]any)
		if !ok || len(values) != len(want) {
			return fmt.Errorf("%s is %.100v instead of %.100v", path, got, want)
		}
		for i := range want {
			if err := within(want[i], values[i], fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	default:
		if !reflect.DeepEqual(want, got) {
			return fmt.Errorf("%s is %.100v instead of %.100v", path, got, want)
		}
	}
	return nil
}
