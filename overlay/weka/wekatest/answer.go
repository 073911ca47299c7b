package wekatest

import (
	"encoding/json"
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// data puts a value into WEKA's envelope.
func data(value any) map[string]any { return map[string]any{"data": value} }

func success(value any) simulator.Response {
	return simulator.Response{Status: http.StatusOK, Body: data(value)}
}

func unauthorized() simulator.Response {
	return simulator.Response{Status: http.StatusUnauthorized, Body: data("Unauthorized")}
}

// forbidden is what a caller without the role for it gets.
func forbidden() simulator.Response {
	return simulator.Response{Status: http.StatusForbidden, Body: data("Forbidden")}
}

// notFound is a read or an update of an object that does not exist.
func notFound(parameter, id string) simulator.Response {
	return simulator.Response{
		Status: http.StatusNotFound,
		Body:   map[string]any{"message": parameter + ": '" + id + "' not found"},
	}
}

// badRequest is a 400 with a message and, unless they are nil, details.
func badRequest(message string, details map[string]any) simulator.Response {
	body := map[string]any{"message": message}
	if details != nil {
		body["data"] = details
	}
	return simulator.Response{Status: http.StatusBadRequest, Body: body}
}

// exception is a 400 that names the class of what went wrong inside the cluster.
func exception(message, class string) simulator.Response {
	return badRequest(message, map[string]any{"exceptionClass": []string{class}})
}

// badParameter is a 400 for one value that the document allows and the cluster
// does not.
func badParameter(name, fault string) simulator.Response {
	return badRequest(name+" "+fault, map[string]any{"param": name, "error": fault})
}

// missingParameters is a 400 that names what a body lacks.
func missingParameters(names ...string) simulator.Response {
	return badRequest("missing parameters", map[string]any{"missing_params": names})
}

// refuse makes an answer one that [simulator.Behavior] refuse a request with.
func refuse(answer simulator.Response) *simulator.Response { return &answer }

// integer reads a number of a body, or of an object; it reports false for
// anything else.
func integer(member any) (int64, bool) {
	switch number := member.(type) {
	case int:
		return int64(number), true
	case int64:
		return number, true
	case json.Number:
		if n, err := number.Int64(); err == nil {
			return n, true
		}
		f, err := number.Float64() // 1e9, or 1.0
		return int64(f), err == nil
	}
	return 0, false
}
