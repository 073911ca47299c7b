package ngenea_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

const (
	invalidToken   = `{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid or expired"}]}`
	noCredentials  = `{"detail":"Authentication credentials were not provided."}`
	djangoNotFound = `<!doctype html><html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>`
)

// The error bodies of the framework, of its authentication and of its conventions.
func TestClasses(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		body    string
		class   error
		message string
	}{
		"access token expired":         {401, invalidToken, ngenea.ErrUnauthorized, "Given token not valid"},
		"expired, without a challenge": {403, invalidToken, ngenea.ErrUnauthorized, "Given token not valid"},
		"no credentials":               {401, noCredentials, ngenea.ErrUnauthorized, "were not provided"},
		"no credentials, 403":          {403, noCredentials, ngenea.ErrUnauthorized, "were not provided"},
		"wrong credentials, 403":       {403, `{"detail":"Incorrect authentication credentials."}`, ngenea.ErrUnauthorized, "Incorrect"},
		"no permission":                {403, permission, ngenea.ErrForbidden, "You do not have permission"},
		"missing fields":               {400, `{"paths":["This field is required."],"site":["This field is required."]}`, ngenea.ErrValidation, "paths: This field is required.; site: This field is required."},
		"general":                      {400, `{"non_field_errors":["The two do not go together."]}`, ngenea.ErrValidation, "non_field_errors: The two do not go together."},
		"a bare list":                  {400, `["No."]`, ngenea.ErrValidation, "non_field_errors: No."},
		"broken JSON":                  {400, `{"detail":"JSON parse error - Expecting value: line 1"}`, ngenea.ErrValidation, "JSON parse error"},
		"no object":                    {404, `{"detail":"Not found."}`, ngenea.ErrNotFound, "Not found."},
		"no object, newer":             {404, `{"detail":"No Job matches the given query."}`, ngenea.ErrNotFound, "No Job matches"},
		"no page":                      {404, `{"detail":"Invalid page."}`, ngenea.ErrNotFound, "Invalid page."},
		"wrong verb":                   {405, `{"detail":"Method \"PUT\" not allowed."}`, ngenea.ErrRouteMissing, `Method "PUT" not allowed`},
		"not acceptable":               {406, `{"detail":"Could not satisfy the request Accept header."}`, ngenea.ErrValidation, "Accept header"},
		"wrong content type":           {415, `{"detail":"Unsupported media type \"text/plain\" in request."}`, ngenea.ErrValidation, "Unsupported media type"},
		"throttled":                    {429, `{"detail":"Request was throttled. Expected available in 7 seconds."}`, ngenea.ErrBusy, "throttled"},
		"Django's own page":            {404, djangoNotFound, ngenea.ErrRouteMissing, "HTML page, no answer of the API"},
		"nothing said":                 {404, ``, ngenea.ErrRouteMissing, ""},
		"proxy":                        {502, `<html><h1>502 Bad Gateway</h1></html>`, ngenea.ErrUnavailable, "HTML page from a proxy"},
		"proxy, in time":               {504, `<html></html>`, ngenea.ErrUnavailable, "HTML page from a proxy"},
		"a proxy's 403":                {403, `<html><h1>403 Forbidden</h1></html>`, ngenea.ErrForbidden, "HTML page, no answer of the API; check the proxy or firewall in front of the API"},
		"too large for a proxy":        {413, `<html></html>`, ngenea.ErrTooLarge, "413 Request Entity Too Large: too large: refused as invalid"},
		"too large for the Hub":        {413, `{"detail":"Too large."}`, ngenea.ErrTooLarge, "Too large."},
		"http to an https port":        {400, `<html><h1>400 The plain HTTP request was sent to HTTPS port</h1></html>`, nil, "write https://"},
		"success of a proxy":           {200, `<html>Welcome</html>`, ngenea.ErrMalformedResponse, "HTML"},
	} {
		t.Run(name, func(t *testing.T) {
			err := alerts(t.Context(), answered(t, always(test.status, test.body)))
			failed := asError(t, err, alertsOperation)
			if !errors.Is(failed.Class, test.class) {
				t.Errorf("class %v, want %v", failed.Class, test.class)
			}
			if failed.Status != test.status || !strings.Contains(err.Error(), test.message) {
				t.Errorf("%v: does not say %q", err, test.message)
			}
			if errors.Is(err, ngenea.ErrClientKeyRejected) {
				t.Errorf("%v: there is no key", err)
			}
		})
	}
}

func TestOnlyTheHubRejectsAKey(t *testing.T) {
	for body, want := range map[string]bool{noCredentials: true, "<html>Log in</html>": false} {
		err := alerts(t.Context(), answered(t, always(401, body), ngenea.WithClientKey("key")))
		if errors.Is(err, ngenea.ErrClientKeyRejected) != want || !errors.Is(err, ngenea.ErrUnauthorized) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestValidationErrorHasTheFields(t *testing.T) {
	body := `{"name":["Too long.","Not unique."],"filter_rules":[{},{"state":["Required."]}],"fields":{"0":["Bad."]},"site":"Unknown.","code":"invalid"}`
	_, err := answered(t, always(400, body)).Workflows.Create(t.Context(), ngeneaapi.WorkflowBody{})
	wantError(t, err, "createWorkflow", ngenea.ErrValidation)
	var refused *ngenea.ValidationError
	if !errors.As(err, &refused) {
		t.Fatalf("%v is no ValidationError", err)
	}
	want := map[string][]string{
		"name": {"Too long.", "Not unique."}, "filter_rules[1].state": {"Required."}, "fields.0": {"Bad."}, "site": {"Unknown."},
	}
	if !maps.EqualFunc(refused.Fields, want, slices.Equal) {
		t.Errorf("got %v, want %v", refused.Fields, want)
	}
	err = alerts(t.Context(), answered(t, always(400, `{"detail":"No."}`)))
	if errors.As(err, &refused) {
		t.Errorf("%v: no field is wrong", err)
	}
}

// A secret that the Hub repeats is not in the fields.
func TestValidationErrorHidesSecrets(t *testing.T) {
	secret := ngenea.NewSecret("hunter22")
	c := answered(t, always(400, `{"secretaccesskey":["hunter22 is no key."]}`))
	_, err := c.Datastores.Create(t.Context(), ngeneaapi.CreateDatastoreBody{Name: "n", Type: "S3", SecretAccessKey: &secret})
	var refused *ngenea.ValidationError
	if !errors.As(err, &refused) || strings.Contains(err.Error(), "hunter22") || strings.Contains(refused.Fields["secretaccesskey"][0], "hunter22") {
		t.Errorf("got %v", err)
	}
}

// An inferred operation may be missing, and the error says what to do.
func TestInferredRoutes(t *testing.T) {
	const notFound = `{"detail":"Not found."}`
	calls := map[string]func(*ngenea.Client) error{
		"getJob":        func(c *ngenea.Client) error { _, err := c.Jobs.Get(t.Context(), 1); return err },
		"cancelJob":     func(c *ngenea.Client) error { return c.CancelJob(t.Context(), 1) },
		"listWorkflows": func(c *ngenea.Client) error { _, err := c.Workflows.List(t.Context(), nil); return err },
		"listNodes":     func(c *ngenea.Client) error { _, err := c.Nodes.List(t.Context(), nil); return err },
	}
	for _, test := range []struct {
		operation string
		status    int
		body      string
		missing   bool // the route
		advised   bool
	}{
		{"getJob", 404, notFound, false, false},
		{"getJob", 404, djangoNotFound, true, true},
		{"getJob", 405, `{"detail":"Method \"GET\" not allowed."}`, true, true},
		{"cancelJob", 404, notFound, false, false},
		{"cancelJob", 404, djangoNotFound, true, true},
		{"cancelJob", 405, `<html></html>`, true, true},
		{"listWorkflows", 404, notFound, true, true}, // no object is in its path
		{"listWorkflows", 404, `{"detail":"Invalid page."}`, false, false},
		{"listNodes", 404, notFound, false, false}, // documented
		{"listNodes", 404, djangoNotFound, true, false},
	} {
		if test.advised && !isInferred(test.operation) {
			continue // a site's own document has it
		}
		err := calls[test.operation](answered(t, always(test.status, test.body)))
		class := ngenea.ErrNotFound
		if test.missing {
			class = ngenea.ErrRouteMissing
		}
		wantError(t, err, test.operation, class)
		var inferred *ngenea.InferredRouteError
		if errors.As(err, &inferred) != test.advised {
			t.Errorf("%s %d %s: got %v", test.operation, test.status, test.body, err)
		}
		if test.advised && !strings.Contains(err.Error(), "go run ./specs/refresh pull -from https://hub.example.com/api/docs/ ngenea") {
			t.Errorf("%v: gives no advice", err)
		}
	}
}

func isInferred(id string) bool {
	for _, o := range ngeneaapi.Operations() {
		if o.ID() == id {
			return o.Inferred()
		}
	}
	return false
}

func TestSlashesOfTheEscapeHatch(t *testing.T) {
	for path, want := range map[string]string{
		"file/workflow": "/api/file/workflow/", "/file/workflow/": "/api/file/workflow/", "/jobs/?a=b/c": "/api/jobs/?a=b/c", "jobs?a=b": "/api/jobs/?a=b",
	} {
		w := always(200, `{}`)
		if err := answered(t, w).Do(t.Context(), http.MethodPost, path, map[string]string{"k": "v"}, nil); err != nil {
			t.Fatal(err)
		}
		if got := w.Sent(); len(got) != 1 || target(got[0]) != want || got[0].Method != http.MethodPost || got[0].Body != `{"k":"v"}` {
			t.Errorf("%s: sent %v", path, got)
		}
	}
}

// A Hub that repeats what it was sent puts neither password, refresh token nor key into an
// error, a session event or a log.
func TestEchoedSecrets(t *testing.T) {
	key, password := "planted-key-0123456789", `planted "password"/0123456789`
	for name, credentials := range map[string]ngenea.Option{
		"client key": ngenea.WithClientKey(key), "password": ngenea.WithPassword("dfoster", password), "access token": ngenea.WithAccessToken(key),
	} {
		for _, status := range []int{400, 401, 403, 409, 500, 503} {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				said := string(body) + r.Header.Get("Authorization")
				w.Header().Set("X-Request-Id", base64.StdEncoding.EncodeToString([]byte(said)))
				w.WriteHeader(status)
				if err := json.NewEncoder(w).Encode(map[string]any{"detail": said, "code": map[string]string{said: url.QueryEscape(said)}}); err != nil {
					t.Error(err)
				}
			}))
			var out bytes.Buffer
			c := newClientAt(t, srv.URL, credentials, ngenea.WithLogger(slog.New(slog.NewTextHandler(&out, nil))), ngenea.WithDump(&out),
				ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: 1}), ngenea.WithSessionHook(func(e ngenea.SessionEvent) { fmt.Fprintln(&out, e.Err) }))
			err := alerts(t.Context(), c)
			c.Close()
			srv.Close()
			for failed := new(ngenea.Error); errors.As(err, &failed); err = failed.Err {
				fmt.Fprintln(&out, failed, failed.Message, string(failed.Data), failed.RequestID)
			}
			for _, piece := range []string{"planted", "0123456789", "cGxhbnRl", "BsYW50ZW", "wbGFudGVk"} {
				if strings.Contains(out.String(), piece) {
					t.Errorf("%s, %d: %s is shown: %s", name, status, piece, &out)
				}
			}
		}
	}
}

// A Hub's client that is pointed at a WEKA cluster says so.
func TestAddressOfACluster(t *testing.T) {
	cluster := connecttest.Always(http.StatusNotFound, `{"message":"Route POST - /api/auth/token/ does not exist"}`)
	err := alerts(t.Context(), newClientAt(t, "hub", ngenea.WithPassword("u", "p"), ngenea.WithTransport(cluster)))
	if err == nil || !strings.Contains(err.Error(), "a WEKA cluster answers at this address") {
		t.Errorf("got %v", err)
	}
}
