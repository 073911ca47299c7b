package simulator

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// replies answers with a status and a body in the engine's place: HTML if the
// body starts with "<", else JSON.
func replies(status int, body string) Interceptor {
	media := mediaJSON + "; charset=utf-8"
	if strings.HasPrefix(body, "<") {
		media = "text/html"
	}
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a client that went away is no failure of ours
	}
}

// proxyText is what the proxy in front of a product says when it finds nobody
// behind it.
const proxyText = "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// proxyPage answers with the HTML page of a proxy for a status.
func proxyPage(status int) Interceptor {
	code, text := strconv.Itoa(status), http.StatusText(status)
	return replies(status, strings.NewReplacer("%d", code, "%s", text).Replace(proxyText))
}

// delays passes a request on after some time, unless its client has gone.
func delays(d time.Duration) Interceptor {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// hangs never answers: it holds the connection until the client goes, or the
// server closes.
func hangs() Interceptor {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices a client that goes once the body is read
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// resets cuts the connection before anything is done.
func resets() Interceptor {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// losesAnswer carries the request out and cuts the connection in place of the
// answer: the client cannot know that it was done.
func losesAnswer() Interceptor {
	return func(_ http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&heldWriter{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	}
}

// halvesBody carries the request out and cuts the connection after half of the
// answer's body.
func halvesBody() Interceptor {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		held := &heldWriter{header: http.Header{}}
		next.ServeHTTP(held, r)
		for name, values := range held.header {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(held.body.Len()))
		w.WriteHeader(max(held.status, http.StatusOK))
		_, _ = w.Write(held.body.Bytes()[:held.body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// heldWriter keeps an answer in place of sending it.
type heldWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is what the answer's header will be.
func (w *heldWriter) Header() http.Header { return w.header }

// WriteHeader keeps the status.
func (w *heldWriter) WriteHeader(status int) { w.status = status }

// Write keeps a part of the body.
func (w *heldWriter) Write(data []byte) (int, error) { return w.body.Write(data) }
