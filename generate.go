// Package hotcold is the root of the Go SDK for WEKA clusters and Ngenea Hub. It has no
// code: programs import overlay/weka and overlay/ngenea, and the types of gen/. This file
// lists what `go generate` runs.
package hotcold

//go:generate go run ./specs/refresh repair weka
//go:generate go run ./specs/refresh inventory weka
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/wekaapi/oapi-codegen.yaml -generate models -o gen/wekaapi/models.gen.go specs/weka/effective.json
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/wekaapi/oapi-codegen.yaml -generate client -o gen/wekaapi/client.gen.go specs/weka/effective.json

//go:generate go run ./specs/refresh repair ngenea
//go:generate go run ./specs/refresh inventory ngenea
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/ngeneaapi/oapi-codegen.yaml -generate models -o gen/ngeneaapi/models.gen.go specs/ngenea/effective.json
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config gen/ngeneaapi/oapi-codegen.yaml -generate client -o gen/ngeneaapi/client.gen.go specs/ngenea/effective.json

//go:generate go run ./specs/refresh readme
