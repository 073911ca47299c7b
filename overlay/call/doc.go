// Package call makes the calls behind generated API methods: it writes the
// parameters and the body of an operation, sends the request through a
// transport, checks the answer and decodes it. It knows no particular API: what
// it needs of one is data, the table of Operations in a Config.
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
// # Answers
//
// Operation.Result says where the promised result sits. An answer with an
// envelope that the document does not show is accepted, and so is one without
// the envelope that it does show. A 2xx that is not what was promised is
// ErrMalformedAnswer and never a zero value: HTML, nothing, JSON that breaks off
// or is of another shape, an object without any known member, or null where an
// object is promised. Null is accepted as an empty list or map and as a scalar
// that is not set, since servers write an empty list so.
//
// The decoder is as tolerant as encoding/json (duplicate keys, invalid UTF-8,
// member names in any case, unknown members) and mends what servers get wrong:
// quoted numbers and booleans, 1.0 and 1e3 for integers, bare numbers for
// strings (their text is kept exactly), and numbers that do not fit, which
// become the nearest that do. Numbers in an any become a json.Number.
// The tags and methods of a type mean what they mean to encoding/json, in answers and
// in bodies, with two exceptions: a nil list or map that is sent is [] or {}, and the
// option "string" leaves a text as it is. A result keeps nothing of the answer's memory.
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
