//go:build tools

package main

// The stock client imports it: this keeps its version, and its place in the module cache.
import _ "github.com/oapi-codegen/runtime"
