// Package config reads the settings of the processes from the environment, once,
// at the start, and changes the developer's .env file.
//
// It owns the names, defaults and rules of every setting; the programs of
// production read none elsewhere. It must not open anything that a setting names but
// the files of secrets (DATABASE_URL_FILE);
// WriteEnv and RemoveEnv are for the program that keeps that file.
//
// What is no setting of these programs is read where it is used: the conventions
// of terminals (NO_COLOR) and of the clients of KMSs (VAULT_…, AWS_…; internal/kms),
// and the few variables of the developer's tools (internal/cmd/dev,
// internal/localpg, internal/postgres/pgtest), which start the programs with
// settings of their own.
package config
