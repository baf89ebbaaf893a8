// Package console is River's page of queues and jobs, without the ids of users.
package console
