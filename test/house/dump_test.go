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

// The dump hides every member that the documents mark as a secret. It goes by names, so a
// new name has to be added to it.
func TestDumpHidesTheSecretsOfTheDocuments(t *testing.T) {
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
				t.Errorf("%s: the dump shows the member %s: add its name in overlay/transport", product, name)
			}
		}
	}
}

// collectSecrets adds the names of the properties that are secrets, or whose items are.
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

type emptyResponse struct{}

func (emptyResponse) RoundTrip(*http.Request) (*http.Response, error) {
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
	response, err := transport.NewDump(&written).Over(emptyResponse{}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
	return written.String()
}
