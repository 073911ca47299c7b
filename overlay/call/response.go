package call

import "net/http"

// Response is what WithResponse reports of a call beside its result.
type Response struct {
	Status    int         // the HTTP status; 0 if no answer came
	Header    http.Header // of the answer
	RequestID string      // X-Request-Id of the answer, if any
	Endpoint  string      // scheme and host that answered last, as "https://weka01:14000"
	Attempts  int         // how often the request was sent
	Replayed  bool        // it was sent again though the server may have acted before; a DELETE that then finds nothing is a success, with the Status of the last answer
	Body      []byte      // the answer's bytes, only where WithRawBody was given too

	Unfit      []Unfit // members that do not fit their Go types, the first 1000
	UnfitCount int     // how many there are
}

// report hands the facts of the call to whoever asked for them.
func (x *exchange) report(base string, answer *http.Response) {
	if x.response == nil {
		return
	}
	*x.response = Response{Endpoint: x.at(base), Attempts: x.sent(answer), Replayed: x.replayed.Load()}
	if answer != nil {
		x.response.Status = answer.StatusCode
		x.response.Header = answer.Header
		x.response.RequestID = answer.Header.Get(requestIDHeader)
	}
}

// reportUnfit hands the members that did not fit to the caller that asked for them.
func (x *exchange) reportUnfit(unfit []Unfit, count int) {
	if x.response != nil {
		x.response.Unfit, x.response.UnfitCount = unfit, count
	}
}

// keep hands a copy of the answer's bytes to whoever asked for them.
func (x *exchange) keep(body []byte) {
	for _, raw := range x.raw {
		*raw = append([]byte(nil), body...)
		if x.response != nil {
			x.response.Body = *raw
		}
	}
}
