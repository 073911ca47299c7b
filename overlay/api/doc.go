// Package api has the types that generated and hand-written code share. Generated
// packages import it and nothing else of this module; the front doors hand it on.
//
//	gen/wekaapi   ──imports──▶ overlay/api ◀──imports── overlay/call, token, transport
//	     ▲                                                        ▲
//	     └───────────────── overlay/weka (front door) ────────────┘
//
// An [Operation] is one row of a generated table: what a method calls, and what the
// transport may do with it. A generated method is one expression: it hands its
// [Caller] a pointer to its row, the values of the path, the parameters and the body,
// and a place for the result.
//
//	func (s *FileSystemsService) Update(ctx context.Context, uid string, body UpdateFileSystemBody, options ...api.CallOption) error {
//		return s.caller.Call(ctx, OpUpdateFileSystem, []any{uid}, nil, &body, nil, options...)
//	}
//
// The caller is a call.Client of overlay/call, which a front door makes. A program that
// wants to see every call, or to answer some itself, wraps that one:
//
//	type counting struct {
//		api.Caller
//		calls map[string]int
//	}
//
//	func (c counting) Call(ctx context.Context, op *api.Operation, path []any, params api.Params, body, result any, options ...api.CallOption) error {
//		c.calls[op.ID()]++
//		return c.Caller.Call(ctx, op, path, params, body, result, options...)
//	}
//
// A [Secret] is a password, key or token in a request or response; it prints as
// [redacted].
package api
