// Diff compares two OpenAPI documents by oasdiff, or two versions of the Go API by
// apidiff, and prints what it finds as JSON. The command specs/refresh runs it and
// says it in words for people.
//
//	go run . documents OLD.json NEW.json
//	go run . packages OLD_ROOT NEW_ROOT PATTERN...
//
// It is a module of its own, and not part of go.work, so that what these two tools
// need weighs neither on those who use the SDK nor on what generates it.
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
