package ngenea

// WithReadOnly makes a client that changes nothing: every operation that is not of
// class safe, and every Do that is no GET or HEAD, is refused with [ErrReadOnly]
// before anything is sent. Logging in and refreshing go on. It guards against mistakes;
// a group without the right to write guards against more.
func WithReadOnly() Option { return func(s *settings) { s.WithReadOnly() } }
