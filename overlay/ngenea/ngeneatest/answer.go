package ngeneatest

import (
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// detail is an answer of the framework that says one thing.
func detail(status int, text string) simulator.Answer {
	return simulator.Answer{Status: status, Body: map[string]any{"detail": text}}
}

// unauthenticated adds the challenge that every 401 carries.
func unauthenticated(body map[string]any) simulator.Answer {
	return simulator.Answer{
		Status: http.StatusUnauthorized,
		Header: http.Header{"Www-Authenticate": {`Bearer realm="api"`}},
		Body:   body,
	}
}

// noCredentials is for a request without any, and for a client key that is
// unknown or revoked.
func noCredentials() simulator.Answer {
	return unauthenticated(map[string]any{"detail": "Authentication credentials were not provided."})
}

// badAccessToken is for an access token that has expired, or never was one.
func badAccessToken() simulator.Answer {
	return unauthenticated(map[string]any{
		"detail": "Given token not valid for any token type",
		"code":   "token_not_valid",
		"messages": []any{map[string]any{
			"token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired",
		}},
	})
}

// badRefreshToken is for a refresh token that has expired, or never was one.
func badRefreshToken() simulator.Answer {
	return unauthenticated(map[string]any{"detail": "Token is invalid or expired", "code": "token_not_valid"})
}

func forbidden() simulator.Answer {
	return detail(http.StatusForbidden, "You do not have permission to perform this action.")
}

func notFound() simulator.Answer { return detail(http.StatusNotFound, "Not found.") }

func invalidPage() simulator.Answer { return detail(http.StatusNotFound, "Invalid page.") }

// invalid is a 400 that says what is wrong with each field.
func invalid(fields map[string]any) simulator.Answer {
	return simulator.Answer{Status: http.StatusBadRequest, Body: fields}
}

// notFoundPage is the framework's page for a path that nothing is at.
const notFoundPage = simulator.Page(`
<!doctype html>
<html lang="en">
<head>
  <title>Not Found</title>
</head>
<body>
  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>
</body>
</html>
`)

// refuse makes an answer one that a request is turned away with.
func refuse(answer simulator.Answer) *simulator.Answer { return &answer }
