// Package alert reads which alerts fire: from Prometheus where there is one, otherwise as far as the database knows.
package alert
