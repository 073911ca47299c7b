// Package call makes the calls of generated API methods: it writes parameters and body,
// sends the request through a transport, checks the response and decodes it. It knows no
// particular API; an api.Operation says what it needs to know.
//
//	generated method ──▶ Client.Call ──┐
//	Client.Do ─────────────────────────┤
//	                                   ▼
//	request.go    address, query, body; options change it     ErrInvalidArgument
//	                                   ▼
//	Config.Transport (tokens, retries, endpoints)             no response: ErrUnavailable, …
//	                                   ▼
//	response.go   reads the body, checks what came            ErrMalformedResponse
//	                                   ▼                      failure.go: not 2xx
//	envelope.go   finds the result                            ErrMalformedResponse
//	                                   ▼
//	decode.go     decodes it strictly; budget.go bounds it    ErrMalformedResponse
//	                                   ▼ if a value does not fit
//	unfit.go      decodes it leniently                        Response.Unfit
//
// # Requests
//
// A path is the operation's template with its values escaped, appended to the base address
// as it is, a trailing slash included. oapi-codegen/runtime writes path and query values in
// the styles of the operation's parameters. Values that would address something else ("",
// "." and ".."), nil items and text that is not UTF-8 are refused before anything is sent.
// Parameters that are nil or empty are omitted. A body is JSON that can be sent again
// (GetBody). Secrets, which have a method Reveal that returns a string or a
// json.RawMessage, are written in clear only there.
//
// # Responses
//
// api.Operation.Result says where the promised result sits. A response with an envelope that
// the document does not show is accepted, and so is one without the envelope that it does
// show. A 2xx that is not what was promised is ErrMalformedResponse and never a zero value:
// HTML, nothing, JSON that breaks off or is of another shape, and an object that has
// members but none of those promised. An empty object and null are the zero value. A
// byte order mark is skipped.
//
// JSON is mapped by go-json-experiment/json, as tolerantly as by encoding/json: duplicate
// members, invalid UTF-8, member names in any case and unknown members are accepted.
// Quoted numbers and booleans, 1.0 and 1e3 for integers, and numbers for strings are read
// as what they mean. Numbers in an any become a json.Number. Tags and methods of a type
// mean what they mean to encoding/json, except that nil lists and maps are sent as []
// and {}. A result shares no memory with the response.
//
// A member that does not fit its Go type is left at its zero value and reported in
// Response.Unfit; a number out of range becomes the nearest. An object that keeps unknown
// members keeps the value there. Config.StrictResponses makes it an error. Decoding looks
// at the caller's context every 64 KiB, and takes 64 MiB and 8 times the size of the
// response, 1 GiB at most.
//
// # Errors
//
// Every error is an *Error, whose class errors.Is finds. What it keeps of the server's words
// and of its cause has no secret of the request: see SecretsOf. Redirects are not
// followed here; a 3xx that the transport hands back is an error.
//
// # Transport layers
//
// Options and transport layers share the State of a call, which StateOf returns; state.go
// shows who writes and who reads what. The Body of a response can be a Resender, which is
// asked for another response if reading a 2xx fails.
package call
