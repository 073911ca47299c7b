package house_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/transport"
	"github.com/hotcold-go/hotcold/specs"
)

// What the documents call a secret, and the types of gen/ hide, the dump hides too. It
// knows no product and goes by names, so a new name has to be taught to it.
func TestDumpKnowsEverySecretOfTheDocuments(t *testing.T) {
	for _, product := range []string{"weka", "ngenea"} {
		text, err := specs.Effective(product)
		if err != nil {
			t.Fatal(err)
		}
		var document any
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		collectSecrets(document, names)
		if len(names) < 3 {
			t.Errorf("%s: only %d names of secrets were found", product, len(names))
		}
		for name := range names {
			if strings.Contains(dumped(t, map[string]string{name: "planted"}), "planted") {
				t.Errorf("%s: the dump shows what is called %s: see overlay/transport/dump_body.go", product, name)
			}
		}
	}
}

// collectSecrets notes the names of the properties that are, or whose items are, secrets.
func collectSecrets(node any, names map[string]bool) {
	switch node := node.(type) {
	case []any:
		for _, each := range node {
			collectSecrets(each, names)
		}
	case map[string]any:
		properties, _ := node["properties"].(map[string]any)
		for name, property := range properties {
			schema, _ := property.(map[string]any)
			items, _ := schema["items"].(map[string]any)
			if schema["format"] == "password" || items["format"] == "password" {
				names[name] = true
			}
		}
		for _, each := range node {
			collectSecrets(each, names)
		}
	}
}

type answerer struct{}

func (answerer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent}, nil
}

func dumped(t *testing.T, body any) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://weka01:14000/", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	answer, err := transport.NewDump(&written).Over(answerer{}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body != nil {
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
	return written.String()
}
