package transport

import (
	"fmt"
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// isRejection reports whether an endpoint rejects credentials that the client gave the
// request. The caller's own go to one endpoint only: those of a change of the password, for
// example, count as a failed login.
func (e *Endpoints) isRejection(request *http.Request, response *http.Response) bool {
	state := call.StateOf(request)
	return e.config.Rejects != nil && state != nil && !state.HasOwnCredentials() && e.config.Rejects(response)
}

// verify sends a request whose credentials one endpoint rejected to a healthy other, and so
// finds out whether the credentials or the endpoint are at fault. The endpoint did not act on
// the request, so that is safe for every class. Without another endpoint the rejection is
// the response, unless the endpoint has rejected good credentials before. A login goes on to
// an endpoint that accepts or rejects it.
func (l *endpointLayer) verify(rejecting choice, request *http.Request, response *http.Response, tried []*endpoint) (*http.Response, error) {
	for {
		next, again := l.another(request, tried, true)
		if again == nil {
			break
		}
		l.hooks.retry(request, Retrying{Reason: RetryFailover, Repetition: len(tried)}, response, nil)
		other, err := l.send(next, again)
		_, notSent := failureOf(err)
		switch {
		case notSent && request.Context().Err() == nil:
			tried = append(tried, next.endpoint)
			continue
		case err == nil && l.isRejection(again, other):
			discard(other)
			return response, nil
		case err == nil && isAcceptance(other.StatusCode):
			l.blame(rejecting, response)
		case l.isLogin(request): // as a failure, it would be sent to the first one again and again
			discard(other)
			if request.Context().Err() != nil {
				return response, nil //nolint:nilerr // the first endpoint's rejection is the outcome
			}
			tried = append(tried, next.endpoint)
			continue
		}
		discard(response)
		if err != nil {
			err = l.describe(next.endpoint, err)
		}
		return other, err
	}
	if !l.isAtFault(rejecting.endpoint) {
		return response, nil
	}
	discard(response)
	err := &attemptError{err: rejectionError(response.StatusCode), network: true, notSent: true}
	l.fail(rejecting, err)
	return nil, l.describe(rejecting.endpoint, err)
}

func (e *Endpoints) isLogin(request *http.Request) bool {
	return e.config.Login != nil && call.StateOf(request).Operation() == e.config.Login
}

// isAcceptance reports whether a status shows that credentials were accepted. An overloaded
// or broken endpoint may not have looked at them.
func isAcceptance(status int) bool {
	return status < http.StatusInternalServerError && status != http.StatusTooManyRequests
}

// blame sets an endpoint aside that rejects credentials which another accepts.
func (e *Endpoints) blame(rejecting choice, response *http.Response) {
	e.mu.Lock()
	rejecting.rejects = true
	e.mu.Unlock()
	e.fail(rejecting, rejectionError(response.StatusCode))
}

func (e *Endpoints) isAtFault(suspected *endpoint) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return suspected.rejects
}

// rejectionError is the status with which an endpoint rejects good credentials.
type rejectionError int

func (r rejectionError) Error() string {
	return fmt.Sprintf("answered %d %s to credentials that another endpoint accepts", int(r), http.StatusText(int(r)))
}
