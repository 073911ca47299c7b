package call_test

import (
	"encoding/json"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// The types below have the shape that the generator gives to bodies, results
// and parameters; secrets are those of api.

type status string

type (
	secret     = api.Secret
	secretJSON = api.SecretJSON
)

func newSecret(text string) secret { return api.NewSecret(text) }

func newSecretJSON(document string) (s secretJSON) {
	if err := s.UnmarshalJSON([]byte(document)); err != nil {
		panic(err)
	}
	return s
}

// nullable has the shape of oapi-codegen/nullable.Nullable.
type nullable[T any] map[bool]T

func (n nullable[T]) IsNull() bool { _, null := n[false]; return null }

func (n nullable[T]) MarshalJSON() ([]byte, error) {
	if n.IsNull() {
		return []byte("null"), nil
	}
	return json.Marshal(n[true])
}

type objectStorage struct {
	ObsName string  `json:"obs_name,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`
}

type fileSystem struct {
	ID            string          `json:"id,omitempty"`
	UID           string          `json:"uid,omitempty"`
	Name          string          `json:"name,omitempty"`
	Status        status          `json:"status,omitempty"`
	TotalBudget   int64           `json:"total_budget,omitempty"`
	UsedTotal     int64           `json:"used_total,omitempty"`
	UsedSSD       int64           `json:"used_ssd,omitempty"`
	AvailableSSD  int64           `json:"available_ssd,omitempty"`
	FreeTotal     int64           `json:"free_total,omitempty"`
	InodeID       uint64          `json:"inode_id,omitempty"`
	MaxFiles      int64           `json:"max_files,omitempty"`
	Reduction     float64         `json:"data_reduction_ratio,omitempty"`
	IsReady       bool            `json:"is_ready,omitempty"`
	IsCreating    bool            `json:"is_creating,omitempty"`
	Stores        []objectStorage `json:"obs_buckets,omitempty"`
	Extra         json.RawMessage `json:"extra,omitempty"`
	MaxThroughput *int64          `json:"max_throughput,omitempty"`
}
