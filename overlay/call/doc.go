// Package call makes the calls behind generated API methods: it writes the
// parameters and the body of an operation, sends the request through a
// transport, checks the answer and decodes it. It knows no particular API: what
// it needs of one is data, an api.Operation each.
//
//	generated method ──▶ Client.Call ──▶ Config.Transport (tokens, retries, endpoints)
//	escape hatch     ──▶ Client.Do   ──▶        "
//
// # Requests
//
// A path is the operation's template with its values escaped, appended to the
// base address exactly, a trailing slash included. Values that would address
// something else ("", "." and "..") are refused before anything is sent. Query
// values are written in the styles of the operation's descriptors; what is nil
// or empty is not sent. A body is JSON that can be sent again (GetBody). Secrets,
// which are values with a method Reveal that gives a string or a json.RawMessage,
// are written in clear there and nowhere else.
//
// # Responses
//
// api.Operation.Result says where the promised result sits. A response with an envelope that
// the document does not show is accepted, and so is one without the envelope that it does
// show. A 2xx that is not what was promised is ErrMalformedAnswer and never a zero value:
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
// Every error is an *Error, whose class errors.Is finds. Redirects are not
// followed here; a 3xx that the transport hands back is an error.
//
// # Pages
//
// Pages and LinkedPages make one iterator of a list's pages, by a cursor or by links;
// the front doors wrap them around generated methods.
//
// # Transport layers
//
// A layer asks OperationOf what it may do with a request, and reports with
// CountAttempt and SetEndpoint what Error and Response then say. SetBudget and
// TakeAttempt hold the one budget from which every layer that sends again takes;
// MarkReplayed says that the server may have acted before. The Body of an answer can
// be a Resender, which is asked for another answer where this one breaks off.
package call
