package main

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

// errorResponse is an error response of a real server. Its class is for the tests of the
// front doors; here the error must keep the member data, or the whole body without one.
type errorResponse struct {
	operation string
	status    int
	body      string
	message   string // of the error
}

// errorResponses are by contract.
var errorResponses = map[string][]errorResponse{
	"weka": {
		{operation: "createFileSystem", status: 401, body: `{"data":"Unauthorized"}`, message: "Unauthorized"},
		{operation: "createFileSystem", status: 403, body: `{"data":"Forbidden"}`, message: "Forbidden"},
		{
			operation: "login", status: 403, body: `{"data":"Authentication Failed. User has been locked out for another 1m55s due to too many login attempts"}`,
			message: "Authentication Failed. User has been locked out for another 1m55s due to too many login attempts",
		},
		{
			operation: "putQuota", status: 400, message: "Operation cannot start because there are already 32 tasks running",
			body: `{"message":"Operation cannot start because there are already 32 tasks running","data":{"tasks_num":32,
				"exceptionClass":["CannotStartOperationTooManyTasks","BadStateException","OperationFailedException"]}}`,
		},
		{
			operation: "createFileSystem", status: 400, message: `Not enough available drive capacity for filesystem. requested "1.07 GB", but only "0 B" are free`,
			body: `{"message":"Not enough available drive capacity for filesystem. requested \"1.07 GB\", but only \"0 B\" are free"}`,
		},
		{operation: "createUser", status: 400, body: `{"message":"Could not create user: Username already in use."}`, message: "Could not create user: Username already in use."},
		{operation: "createUser", status: 400, body: `{"message":"m","data":{"unknown_params":["a","b"]}}`, message: "m"},
		{operation: "createUser", status: 400, body: `{"message":"m","data":{"missing_params":["a"]}}`, message: "m"},
		{operation: "createUser", status: 400, body: `{"message":"m","data":{"param":"p","error":"e"}}`, message: "m"},
		{operation: "createUser", status: 400, body: `{"message":"m","data":{"error":"e","reason":"r"}}`, message: "m"},
		{operation: "getProcess", status: 404, body: `{"message":"Route GET - /api/v2/processes/1 does not exist"}`, message: "Route GET - /api/v2/processes/1 does not exist"},
		{operation: "getFileSystem", status: 404, body: `{"message":"uid: '1' not found"}`, message: "uid: '1' not found"},
		{operation: "getQuota", status: 500, body: `{"message":"Directory has no quota"}`, message: "Directory has no quota"},
		{operation: "getFileSystem", status: 400, body: `{"data":{"exceptionClass":["FilesystemDoesNotExistException"],"inode":` + inode + `}}`},
		{operation: "getFileSystem", status: 400, body: `{"data":[1,null,"two"],"later":true}`},
	},
	"ngenea": {
		{operation: "createToken", status: 401, body: `{"detail":"No active account found with the given credentials"}`, message: "No active account found with the given credentials"},
		{operation: "refreshToken", status: 401, body: `{"detail":"Token is invalid or expired","code":"token_not_valid"}`, message: "Token is invalid or expired"},
		{
			operation: "listJobs", status: 401, message: "Given token not valid for any token type",
			body: `{"detail":"Given token not valid for any token type","code":"token_not_valid",
				"messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid or expired"}]}`,
		},
		{operation: "listJobs", status: 401, body: `{"detail":"Authentication credentials were not provided."}`, message: "Authentication credentials were not provided."},
		{operation: "listJobs", status: 403, body: `{"detail":"You do not have permission to perform this action."}`, message: "You do not have permission to perform this action."},
		{operation: "submitWorkflow", status: 400, body: `{"paths":["This field is required."],"site":["This field is required."]}`},
		{operation: "listJobs", status: 404, body: `{"detail":"Invalid page."}`, message: "Invalid page."},
		{operation: "getJob", status: 404, body: `{"detail":"Not found."}`, message: "Not found."},
		{operation: "replaceWorkflow", status: 405, body: `{"detail":"Method \"PUT\" not allowed."}`, message: `Method "PUT" not allowed.`},
		{operation: "submitWorkflow", status: 415, body: `{"detail":"Unsupported media type \"text/plain\" in request."}`, message: `Unsupported media type "text/plain" in request.`},
		{operation: "submitWorkflow", status: 400, body: `{"detail":"JSON parse error - Expecting value"}`, message: "JSON parse error - Expecting value"},
		{operation: "submitWorkflow", status: 429, body: `{"detail":"Request was throttled. Expected available in 7 seconds."}`, message: "Request was throttled. Expected available in 7 seconds."},
	},
}

// connectOnce makes clients that do not retry, each with one token.
var connectOnce = map[string]func(url string, transport http.RoundTripper) (client, error){
	"weka": func(url string, transport http.RoundTripper) (client, error) {
		return weka.New(url, weka.WithAccessToken(accessToken), weka.WithTransport(transport),
			weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}))
	},
	"ngenea": func(url string, transport http.RoundTripper) (client, error) {
		return ngenea.New(url, ngenea.WithAccessToken(accessToken), ngenea.WithTransport(transport),
			ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: 1}))
	},
}

// Real error responses are kept completely.
func TestErrorResponses(t *testing.T) {
	t.Parallel()
	for _, c := range contracts {
		c.connect = connectOnce[c.name]
		for _, r := range errorResponses[c.name] {
			t.Run(fmt.Sprintf("%s %d %s", c.name, r.status, r.body), func(t *testing.T) { r.prove(t, c) })
		}
	}
}

func (r errorResponse) prove(t *testing.T, c contract) {
	p, err := open(c)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	m := p.method(t, r.operation)
	p.server.respondWith(response{status: r.status, body: []byte(r.body)})
	_, err = m.call(t.Context(), m.op.sampleRequest(requestCases[0].sampler))
	failed, ok := errors.AsType[*weka.Error](err) // the type of both front doors
	if !ok || failed.Status != r.status || failed.Message != r.message || failed.Operation != r.operation {
		t.Fatalf("got %#v, want the message %q", err, r.message)
	}
	want := parsed(t, r.body)
	if object, ok := want.(map[string]any); ok && object["data"] != nil {
		want = object["data"]
	}
	if found := difference("data", want, parsed(t, string(failed.Data))); found != "" {
		t.Error(found)
	}
}
