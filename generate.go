// Package hotcold is the root of the Go SDK for WEKA clusters and Ngenea Hub. It
// holds no code: programs import overlay/weka and overlay/ngenea, and the types of
// gen/. This file is what `go generate` runs.
package hotcold

//go:generate go run ./specs/refresh repair weka
//go:generate go run ./specs/refresh inventory weka
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/wekaapi/models.yaml specs/weka/effective.json
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/wekaapi/client.yaml specs/weka/effective.json

//go:generate go run ./specs/refresh repair ngenea
//go:generate go run ./specs/refresh inventory ngenea
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/ngeneaapi/models.yaml specs/ngenea/effective.json
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/ngeneaapi/client.yaml specs/ngenea/effective.json
