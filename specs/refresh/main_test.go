package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const minimal = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},"paths":{"/a":{"get":{"operationId":"getA","responses":{"200":{"description":"x"}}}}}}`

// refresh runs the command as main does.
func refresh(t *testing.T, arguments ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), arguments, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func write0(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsage(t *testing.T) {
	for _, arguments := range [][]string{nil, {"pull", "weka"}, {"check", "weak"}, {"frobnicate", "weka"}, {"check", "-nonsense", "weka"}, {"drift", "weka"}} {
		if code, _, message := refresh(t, arguments...); code != 2 || !strings.HasPrefix(message, "usage:") {
			t.Errorf("refresh %q: exit %d, %q", arguments, code, message)
		}
	}
}
