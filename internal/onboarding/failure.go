package onboarding

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// FailureCode names why a piece of work failed. Codes are part of the HTTP
// contract: they are added, never renamed.
type FailureCode string

// The codes.
const (
	FailureAddressForbidden    FailureCode = "address_forbidden"
	FailurePortForbidden       FailureCode = "port_forbidden"
	FailureHostNotFound        FailureCode = "host_not_found"
	FailureHostLookup          FailureCode = "host_lookup_failed"
	FailureUnreachable         FailureCode = "website_unreachable"
	FailureCertificate         FailureCode = "certificate_invalid"
	FailureNoTLS               FailureCode = "https_unavailable"
	FailureTooManyRedirects    FailureCode = "too_many_redirects"
	FailureRedirectForbidden   FailureCode = "redirect_forbidden"
	FailureTooLarge            FailureCode = "page_too_large"
	FailureTooSlow             FailureCode = "website_too_slow"
	FailureNotHTML             FailureCode = "not_html"
	FailureUnreadable          FailureCode = "page_unreadable"
	FailureTooComplex          FailureCode = "page_too_complex"
	FailureRobots              FailureCode = "robots_forbidden"
	FailurePageNotFound        FailureCode = "page_not_found"
	FailureAccessDenied        FailureCode = "access_denied"
	FailureSiteError           FailureCode = "website_error"
	FailureSiteRateLimited     FailureCode = "website_rate_limited"
	FailureEmptyPage           FailureCode = "page_empty"
	FailureKeyRefused          FailureCode = "key_refused"
	FailureKeyUnreadable       FailureCode = "key_unreadable"
	FailureProviderUnavailable FailureCode = "provider_unavailable"
	FailureProviderRejected    FailureCode = "provider_rejected"
	FailureProviderForbidden   FailureCode = "provider_forbidden"
	FailureProviderQuota       FailureCode = "provider_quota_exhausted"
	FailureAnalysisMissing     FailureCode = "analysis_missing"
	FailureNoPersona           FailureCode = "persona_failed"
	FailureTimeout             FailureCode = "timeout"
	FailureWorkerLost          FailureCode = "worker_lost"
	FailureCancelled           FailureCode = "cancelled"
	FailureInternal            FailureCode = "internal_error"
)

// failureRule is what a code means: the sentence for the user, with {} for the
// subject, and what has to happen before the work may succeed.
type failureRule struct {
	sentence string
	remedy   remedy
}

// remedy is what has to happen before the same work may succeed.
type remedy int

const (
	byUser     remedy = iota // something else must be submitted, or asked for again
	byTime                   // the same may succeed soon
	byWebsite                // the same may succeed once the user's website answers
	byOperator               // something on our side
)

var failureRules = map[FailureCode]failureRule{
	FailureAddressForbidden: {
		"The website {} is not on the public internet, so it can't be read. Enter the address of a public website.", byUser,
	},
	FailurePortForbidden: {
		"The website {} uses a port other than 80 and 443. Enter an address without a port.",
		byUser,
	},
	FailureHostNotFound: {"There is no website at {}. Check the spelling of the address.", byUser},
	FailureHostLookup: {
		"The name of the website {} could not be looked up just now. Try again in a few minutes.",
		byWebsite,
	},
	FailureUnreachable: {
		"The website {} did not accept a connection. Check that it is online and try again.",
		byWebsite,
	},
	FailureCertificate: {
		"The website {} has an invalid security certificate. Renew the certificate or enter the address that starts " +
			"with http://.", byUser,
	},
	FailureNoTLS: {
		"The website {} does not offer https. Enter the address that starts with http://.", byUser,
	},
	FailureTooManyRedirects: {
		"The website {} keeps redirecting. Enter the address that your browser shows at the end.",
		byUser,
	},
	FailureRedirectForbidden: {
		"The website {} redirects to an address that can't be read. Enter the address of a public website.", byUser,
	},
	FailureTooLarge: {
		"The page at the website {} is larger than 5 MB. Enter the address of a smaller page.",
		byUser,
	},
	FailureTooSlow: {
		"The website {} took too long to answer. Try again when it is faster, or enter another page.", byWebsite,
	},
	FailureNotHTML: {
		"The address at the website {} is not a web page. Enter the address of an HTML page.",
		byUser,
	},
	FailureUnreadable: {
		"The text of the website {} could not be decoded. Check the page's character encoding or enter another page.", byUser,
	},
	FailureTooComplex: {
		"The page at the website {} is nested too deeply to be read. Enter another page.",
		byUser,
	},
	FailureRobots: {
		"The website {} forbids automated reading in its robots.txt. Allow the path there, or enter another page.", byUser,
	},
	FailurePageNotFound: {"The website {} has no page at this address. Check the address in your browser.", byUser},
	FailureAccessDenied: {
		"The website {} refused access. Allow ALwrityBot to read it, or enter another website.",
		byUser,
	},
	FailureSiteError: {
		"The website {} answered with an error. Try again when it works in your browser.",
		byWebsite,
	},
	FailureSiteRateLimited: {"The website {} is limiting requests. Try again in a few minutes.", byWebsite},
	FailureEmptyPage: {
		"The website {} shows no text without JavaScript. Enter a page with text, or describe your business instead.", byUser,
	},
	FailureKeyRefused: {
		"{} refused your API key. Store a valid key in step 1, or remove it there, and try again.", byUser,
	},
	FailureKeyUnreadable:       {"The stored API key of {} can't be opened any more. Store it again in step 1.", byUser},
	FailureProviderUnavailable: {"{} did not answer as expected. Try again in a few minutes.", byTime},
	FailureProviderRejected: {
		"{} rejected the request. Check the model that is configured for it, or remove its key in step 1.", byUser,
	},
	FailureProviderForbidden: {
		"The server of {} is not on the public internet, so it can't be asked. Store another address in step 1.", byUser,
	},
	FailureProviderQuota: {
		"Your account at {} has no credit left. Top it up, or remove its key in step 1, and try again.", byUser,
	},
	FailureAnalysisMissing: {"There is no website analysis to write personas from. Complete step 2 first.", byUser},
	FailureNoPersona:       {"None of the personas could be made. Try again.", byOperator},
	FailureTimeout:         {"The work took too long and was stopped. Try again.", byOperator},
	FailureWorkerLost:      {"The work was interrupted several times. Try again.", byOperator},
	FailureCancelled:       {"The work was cancelled by an operator. Try again.", byUser},
	FailureInternal: {
		"Something went wrong on our side. Try again; if it keeps failing, contact support.",
		byOperator,
	},
}

// FailureCodes lists every code with its sentence, for the documentation.
func FailureCodes() map[FailureCode]string {
	codes := make(map[FailureCode]string, len(failureRules))
	for code, rule := range failureRules {
		codes[code] = rule.sentence
	}
	return codes
}

// Failure is an error with a stable code that the user is shown. Work that ends
// in any other error is repeated within its budget and then fails as
// FailureInternal.
type Failure struct {
	Code FailureCode
	// Subject is the host (never a URL with its query) or provider, or "".
	Subject string
	// Err is the cause, for logs only.
	Err error
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return string(f.Code) + " " + f.Subject
	}
	return fmt.Sprintf("%s %s: %v", f.Code, f.Subject, f.Err)
}

func (f *Failure) Unwrap() error { return f.Err }

// Temporary reports whether the same work may succeed when it is repeated soon.
func (f *Failure) Temporary() bool {
	remedy := failureRules[f.Code].remedy
	return remedy == byTime || remedy == byWebsite
}

// Dead reports whether operators have to look at work that failed with the code and
// submit it again: neither its user nor the user's website is at fault. It is read after the last attempt.
func (c FailureCode) Dead() bool {
	remedy := failureRules[c].remedy
	return remedy == byTime || remedy == byOperator
}

// Retryable reports whether the same work may succeed when the user asks for it again. Otherwise something else has
// to be submitted or changed first.
func (c FailureCode) Retryable() bool {
	return c == FailureCancelled || failureRules[c].remedy != byUser
}

// Sentence says to the user what happened and what to do.
func (f *Failure) Sentence() string {
	rule, ok := failureRules[f.Code]
	if !ok {
		rule = failureRules[FailureInternal]
	}
	return strings.ReplaceAll(rule.sentence, "{}", hostname.Shown(f.Subject))
}
