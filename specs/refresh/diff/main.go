// Diff compares two OpenAPI documents with oasdiff, or the exported API of two versions of
// Go packages with apidiff, and prints the differences as JSON. The command specs/refresh
// runs it.
//
//	go run . documents OLD.json NEW.json
//	go run . packages OLD_ROOT NEW_ROOT PATTERN...
//
// It is a module of its own outside of go.work, so that the dependencies of these two tools
// reach neither the users of the SDK nor its generation.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

func main() {
	found, err := run(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) (any, error) {
	switch {
	case len(arguments) == 3 && arguments[0] == "documents":
		return documents(arguments[1], arguments[2])
	case len(arguments) > 3 && arguments[0] == "packages":
		return packages(arguments[1], arguments[2], arguments[3:])
	default:
		return nil, errors.New("usage: documents OLD NEW, or packages OLD_ROOT NEW_ROOT PATTERN...")
	}
}
