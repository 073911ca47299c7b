package call

// What the transport may do with an operation that may have been executed
// already: the values of [Operation.Class].
const (
	ClassSafe       = "safe"       // changes nothing
	ClassIdempotent = "idempotent" // doing it twice is doing it once
	ClassOnce       = "once"       // sent again only when the server certainly did not act
)

// Where the promised result sits in an answer: the values of [Operation.Result].
const (
	ResultData = "data" // in the member "data"
	ResultBody = "body" // the whole answer
	ResultNone = "none" // nothing is promised
)

// How an operation is authenticated: the values of [Operation.Auth].
const (
	AuthBearer = ""      // the client's token, or the key that stands for it
	AuthJWT    = "jwt"   // the client's token; a server takes no key for it
	AuthBasic  = "basic" // the caller's own user and password, see WithBasicAuth
	AuthNone   = "none"  // no credentials at all, as for a login
)

// Operation is one row of an API's generated operation table. Rows are shared
// by all clients of that API and never written.
type Operation struct {
	ID       string // the document's operationId as repaired; "" for a request made with Do
	Method   string // GET, POST, …
	Path     string // the template below the base address, as "/fileSystems/{uid}"
	Service  string // the Go service that carries the method
	GoMethod string // the Go method's name
	Since    string // the first release known to have it, "" if unknown
	Class    string // ClassSafe, ClassIdempotent or ClassOnce
	Result   string // ResultData, ResultBody or ResultNone
	Auth     string // AuthBearer, AuthJWT, AuthBasic or AuthNone

	Deprecated bool
	Inferred   bool        // no documentation shows it: a server may not have the route
	Parameters []Parameter // of the path and of the query
}

// Parameter says how a value of an operation is written, in OpenAPI's terms.
type Parameter struct {
	Name  string
	In    string // "path" or "query"
	Style string // "simple", "form", "deepObject", "pipeDelimited", …; "" is OpenAPI's default for In

	Explode, Required bool
}

// parameter finds the descriptor of a parameter; nil if the table has none.
func (o *Operation) parameter(in, name string) *Parameter {
	for i := range o.Parameters {
		if p := &o.Parameters[i]; p.In == in && p.Name == name {
			return p
		}
	}
	return nil
}
