package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/gob"
	stdjson "encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"github.com/go-json-experiment/json"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// TestMain runs the tests, or panics in the process that the test of panics starts.
func TestMain(m *testing.M) {
	if kind := os.Getenv(panicVariable); kind != "" {
		panic(panicsWith(kind, os.Getenv(plantedVariable)))
	}
	os.Exit(m.Run())
}

// planted are secrets to look for.
type planted struct {
	t   *testing.T
	all []string
}

func (p *planted) secret() string {
	p.all = append(p.all, "hunter2-"+rand.Text())
	return p.all[len(p.all)-1]
}

// notIn reports a secret in a text: as it is, in hexadecimal, or as bytes.
func (p *planted) notIn(name, text string) {
	p.t.Helper()
	for _, secret := range p.all {
		for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("% x", secret), strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]")} {
			if strings.Contains(text, form) {
				p.t.Errorf("%s shows a secret: %.2000s", name, text)
			}
		}
	}
}

// The test's own search finds what is not hidden.
func TestSecretsWouldBeFound(t *testing.T) {
	probe := &planted{t: &testing.T{}}
	text := probe.secret()
	for encoder, written := range encodings(map[string]string{"plain": text}) {
		probe.t = &testing.T{}
		if probe.notIn(encoder, written); !probe.t.Failed() && encoder != "xml" { // which takes no map
			t.Errorf("%s: a secret in plain view was not found", encoder)
		}
	}
}

// Places for a secret. fmt calls no methods on a field that is not exported, and two
// embedded types of the same methods leave none.
type (
	unexported struct{ secret api.Secret }
	embedded   struct{ api.Secret }
	ambiguous  struct {
		api.Secret
		api.SecretJSON
	}
	failing struct{ secret api.Secret }
	body    struct {
		Password api.Secret  `json:"password"`
		Optional *api.Secret `json:"optional,omitzero"`
	}
)

func (failing) Error() string { return "failing" }

// newSecretJSON is a raw secret as an answer would bring it.
func newSecretJSON(t *testing.T, text string) (s api.SecretJSON) {
	t.Helper()
	if err := stdjson.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// placesOf puts a secret wherever a program can have one.
func placesOf(t *testing.T, text string) map[string]any {
	t.Helper()
	secret, raw := api.NewSecret(text), newSecretJSON(t, `{"token":"`+text+`"}`)
	pointer := &secret
	return map[string]any{
		"itself": secret, "pointer": pointer, "pointer to a pointer": &pointer, "raw": raw, "pointer to raw": &raw,
		"unexported field": unexported{secret}, "pointer to unexported": &unexported{secret}, "interface in it": struct{ any any }{secret},
		"raw in it": struct{ raw api.SecretJSON }{raw}, "deeper": struct{ list []unexported }{[]unexported{{secret}}},
		"embedded": embedded{secret}, "ambiguous": ambiguous{secret, raw}, "pointer to ambiguous": &ambiguous{secret, raw},
		"slice": []api.Secret{secret}, "array": [1]api.Secret{secret}, "pointers": []*api.Secret{&secret}, "any": []any{secret, raw},
		"map value": map[string]api.Secret{"a": secret}, "map key": map[api.Secret]int{secret: 1}, "raw key": map[api.SecretJSON]int{raw: 1},
		"key and value unexported": struct{ m map[api.Secret]api.Secret }{map[api.Secret]api.Secret{secret: secret}},
		"body":                     body{Password: secret}, "optional": &body{Optional: &secret},
		"error": failing{secret}, "wrapped": fmt.Errorf("lost: %w", failing{secret}), "joined": errors.Join(failing{secret}, fmt.Errorf("with %v", secret)),
	}
}

// No verb of fmt and no encoder shows a secret, wherever it stands.
func TestSecretsShowNowhere(t *testing.T) {
	p := &planted{t: t}
	for name, value := range placesOf(t, p.secret()) {
		var out bytes.Buffer
		for _, verb := range "vTtbcdoOqxXUeEfFgGspw!" {
			for _, flag := range []string{"", "+", "#", " ", "0", "-40", "10.3"} {
				fmt.Fprintf(&out, "%"+flag+string(verb)+"\n", value)
				fmt.Fprintln(&out, fmt.Errorf("%"+flag+string(verb), value))
			}
		}
		p.notIn(name+": fmt", out.String())
		for encoder, text := range encodings(value) {
			p.notIn(name+": "+encoder, text)
		}
	}
}

// encodings is what the encoders make of a value; those that refuse it leave a part.
func encodings(value any) map[string]string {
	var text, logged, marked, binary, filled bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).With("with", value).Info("x", "v", value, slog.Group("g", "v", value))
	slog.New(slog.NewJSONHandler(&logged, nil)).With("with", value).Info("x", "v", value, slog.Group("g", "v", value))
	v1, _ := stdjson.Marshal(value)
	indented, _ := stdjson.MarshalIndent(map[string]any{"v": []any{value}}, "", " ")
	v2, _ := json.Marshal(value)
	_ = xml.NewEncoder(&marked).Encode(value)
	_ = gob.NewEncoder(&binary).Encode(value)
	_ = template.Must(template.New("t").Parse(`{{.}} {{printf "%v %q" . .}} {{print .}} {{html .}} {{js .}}`)).Execute(&filled, value)
	return map[string]string{
		"slog text": text.String(), "slog JSON": logged.String(), "encoding/json": string(v1) + string(indented),
		"go-json-experiment": string(v2), "xml": marked.String(), "gob": binary.String(), "template": filled.String(),
	}
}

// The encoders write something in a secret's place, or refuse it.
func TestSecretsAreEncodedAsRedacted(t *testing.T) {
	secret, raw := api.NewSecret("hunter2"), newSecretJSON(t, `"hunter2"`)
	for _, value := range []any{secret, raw, &secret, &raw} {
		for encoder, text := range encodings(value) {
			if strings.Contains(text, "[redacted]") == (encoder == "gob") {
				t.Errorf("%T: %s writes %q", value, encoder, text)
			}
		}
		if err := gob.NewEncoder(new(bytes.Buffer)).Encode(value); err == nil {
			t.Errorf("%T: gob takes it", value)
		}
		if got := fmt.Sprintf("%v %+v %#v %s %q %x %d", value, value, value, value, value, value, value); got != strings.TrimSpace(strings.Repeat("[redacted] ", 7)) {
			t.Errorf("%T prints %s", value, got)
		}
		dumped, ok := value.(fmt.GoStringer) // which dumpers ask that know no Formatter
		if !ok || dumped.GoString() != "[redacted]" {
			t.Errorf("%T: GoString shows it", value)
		}
	}
	for name, keyed := range map[string]any{"secret": map[api.Secret]int{secret: 1}, "raw": map[api.SecretJSON]int{raw: 1}} {
		v1, err1 := stdjson.Marshal(keyed)
		v2, err2 := json.Marshal(keyed)
		if want := `{"[redacted]":1}`; string(v1) != want || string(v2) != want || err1 != nil || err2 != nil {
			t.Errorf("%s as a key: %s and %s, want %s", name, v1, v2, want)
		}
	}
}

// How the process of a test of panics learns what to panic with.
const (
	panicVariable   = "API_TEST_PANIC"
	plantedVariable = "API_TEST_PLANTED"
)

func panicsWith(kind, text string) any {
	secret := api.NewSecret(text)
	switch kind {
	case "secret":
		return secret
	case "pointer":
		return &secret
	case "body":
		return body{Password: secret}
	case "unexported":
		return unexported{secret}
	case "error":
		return fmt.Errorf("lost: %w", failing{secret})
	default:
		return fmt.Errorf("with %v", secret)
	}
}

// The last words of a process that panics show no secret.
func TestSecretsShowInNoPanic(t *testing.T) {
	for _, kind := range []string{"secret", "pointer", "body", "unexported", "error", "text"} {
		p := &planted{t: t}
		command := exec.CommandContext(t.Context(), os.Args[0])
		command.Env = append(os.Environ(), panicVariable+"="+kind, plantedVariable+"="+p.secret(), "GOTRACEBACK=all")
		said, err := command.CombinedOutput()
		if err == nil || !bytes.Contains(said, []byte("panic: ")) {
			t.Errorf("%s: no panic but %v: %s", kind, err, said)
		}
		p.notIn(kind, string(said))
	}
}

// A Secret stands for its text: in comparisons, as the key of a map, as absent.
func TestSecretsAreTheirText(t *testing.T) {
	one, same, other := api.NewSecret("one"), api.NewSecret("o"+"ne"), api.NewSecret("other")
	if one.Reveal() != "one" || one != same || !one.Equal(same) || one == other || one.Equal(other) || !reflect.DeepEqual(one, same) {
		t.Error("secrets are not compared by their texts")
	}
	if map[api.Secret]int{one: 1}[same] != 1 {
		t.Error("a map does not find its key")
	}
	var none api.Secret
	var noJSON api.SecretJSON
	if none.Reveal() != "" || none != api.NewSecret("") || none.Equal(one) {
		t.Error("the zero Secret is not the empty text")
	}
	if noJSON.Reveal() != nil || noJSON == newSecretJSON(t, "null") {
		t.Error("the zero SecretJSON is not absent")
	}
	copied := newSecretJSON(t, `"one"`)
	copied.Reveal()[1] = 'x'
	if got := string(copied.Reveal()); got != `"one"` {
		t.Errorf("changed through what was revealed: %s", got)
	}
}

// Answers decode with any JSON library, and what is absent is left out again.
func TestSecretsDecode(t *testing.T) {
	type answer struct {
		Key      api.Secret     `json:"key,omitzero"`
		Optional *api.Secret    `json:"optional,omitzero"`
		List     []api.Secret   `json:"list,omitzero"`
		Raw      api.SecretJSON `json:"raw,omitzero"`
	}
	for name, library := range map[string]struct {
		unmarshal func([]byte, any) error
		marshal   func(any) ([]byte, error)
	}{
		"encoding/json":      {stdjson.Unmarshal, stdjson.Marshal},
		"go-json-experiment": {func(b []byte, v any) error { return json.Unmarshal(b, v) }, func(v any) ([]byte, error) { return json.Marshal(v) }},
	} {
		key := api.NewSecret("k\"ä")
		for document, want := range map[string]answer{
			`{"key":"k\"\u00e4","optional":"k\"ä","list":["k\"ä",null,1.50],"raw": {"a": 1.0}}`: {
				Key: key, Optional: &key, List: []api.Secret{key, {}, api.NewSecret("1.50")}, Raw: newSecretJSON(t, `{"a": 1.0}`),
			},
			`{"key":18446744073709551615}`:   {Key: api.NewSecret("18446744073709551615")},
			`{"key":null,"optional":null}`:   {},
			`{"key":""}`:                     {},
			`{"raw":[18446744073709551615]}`: {Raw: newSecretJSON(t, `[18446744073709551615]`)},
		} {
			var got answer
			if err := library.unmarshal([]byte(document), &got); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s: %v, or another value", name, document, err)
			}
		}
		for _, document := range []string{`true`, `{"hunter2":1}`, `["hunter2"]`, `"hunter2`, `hunter2`} {
			got := api.NewSecret("before")
			if err := library.unmarshal([]byte(document), &got); err == nil || got.Reveal() != "before" || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %s: %v, and the secret is %q", name, document, err, got.Reveal())
			}
		}
		if text, err := library.marshal(answer{}); err != nil || string(text) != `{}` {
			t.Errorf("%s: nothing is written as %s, %v", name, text, err)
		}
		if text, err := library.marshal(answer{Optional: new(api.Secret)}); err != nil || string(text) != `{"optional":"[redacted]"}` {
			t.Errorf("%s: a pointer to an empty text is written as %s, %v", name, text, err)
		}
	}
}
