//go:build tools

// This file pins the generator, so that `go generate` runs the version that go.mod names.
package hotcold

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
)
