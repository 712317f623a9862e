using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Cli.Ci;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Prompts;
using Slipway.Cli.Releases;
using Slipway.Core.Evaluations;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Prompts;

/// <summary>What is told of evaluation manifests, plans, settings and contracts is what their readers know.</summary>
public sealed class FilesBesideManifests : IDisposable
{
    private static readonly List<KeyByKey.Document> Documents =
    [
        new("evaluation.json", EvaluationKeys.Manifest, """
            {
              "candidate_prompt": "a:v1.6.0", "baseline_prompt": "a:v1.5.2", "model": "production-default", "dataset": "set:v4", "gates": {"handoff_accuracy": ">= 90%"},
              "metrics": {"handoff_accuracy": {"check": "field_equals", "field": "route", "tags": {"handoff": "yes"}}},
              "judges": [{"rubric": "tone:v2", "kinds": ["normal", "missing_context"], "tags": {"language": ""}, "compare": true}],
              "repeats": 3, "concurrency": 4, "max_cost": 2.5, "seed": 7, "strict": true
            }
            """, path => EvaluationManifest.Parse(File.ReadAllText(path)) is EvaluationManifestResult.Refused refused ? [.. refused.Errors.Select(error => error.Message)] : []),
        new("plan.json", PlanKeys.Plan, """
            {
              "level": "approval_gated", "steps": ["1%", {"share": "10%", "minimum_time": "24h", "minimum_units": 500, "by_hand": true}, "100%"], "guardrails": {"error_rate": "<= baseline + 1pp"},
              "minimum_units": 100, "minimum_time": "1h", "decide_within": "72h", "maximum_freeze": "72h", "observe": "48h", "rollback_to": "1.5.2", "watcher": "dan", "unit": "user",
              "start_at": "2026-05-14T06:00:00Z", "eligibility": [{"attribute": "plan", "operator": "in", "values": ["pro"], "not": true}],
              "shadow": {"share": "5%", "budget": {"calls": 500, "cost": 2.5}, "minimum_time": "1h", "minimum_units": 50},
              "judging": {"segment_by": "plan", "segments": ["pro"], "unit_calls": 3, "unit_time": "1h", "outcomes_within": "1h", "freeze_when_worse": true, "lost_after": "24h"},
              "accept_undecided": true, "staging": true
            }
            """, Plan),
        new(CiSettings.FileName, SettingsKeys.Settings, """
            {
              "models": {"production-default": "openai/gpt-4.1-2025-04-14"}, "prices": {"openai/gpt-4.1-2025-04-14": {"input": 2, "cached_input": 0.5, "output": 8}},
              "policies": {"a": {"required_kinds": {"normal": 40}, "unsafe_tools": ["issue_refund"], "judge_bar": {"agreement": 0.9, "kappa": 0.7}}}
            }
            """, path =>
            {
                var problems = new List<ManifestProblem>();
                CiSettings.Read(Path.GetDirectoryName(path)!, problems);
                return [.. problems.Select(problem => problem.Message)];
            }),
        new("contract.json", ContractFile.Keys, """{"contract": "a", "accepts": ["billing", {"route": "billing"}], "refuses": [7]}""", path =>
        {
            var problems = new List<ManifestProblem>();
            ContractFile.Read(path, File.ReadAllText(path), problems);
            return [.. problems.Select(problem => problem.Message)];
        }),
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_key_left_out_misspelt_or_of_another_type_is_to_reader_and_schema_the_same()
    {
        var seen = Documents.SelectMany(document => KeyByKey.Try(folder, document)).ToHashSet();
        foreach (var document in Documents)
            Assert.All(document.Shape.Within.Prepend(document.Shape).SelectMany(shape => shape.Keys.Select(key => (true, shape, key.Name))), key => Assert.Contains(key, seen));
    }

    /// <summary>What Core reads and nobody told of here would be missing from the page.</summary>
    [Fact]
    public void Every_key_that_Core_reads_is_told_of()
    {
        foreach (var (shape, keys) in new (ManifestShape, IEnumerable<string>)[]
        {
            (EvaluationKeys.Manifest, EvaluationManifest.Keys), (EvaluationKeys.Metric, MetricDefinition.Keys), (EvaluationKeys.Judge, JudgeRequest.Keys),
            (PlanKeys.Plan, Names(ApiJson.Default.ReleasePlanDocument)), (PlanKeys.Judging, Names(typeof(JudgingDocument))), (PlanKeys.Shadow, Names(typeof(ShadowPlan))),
            (PlanKeys.Budget, Names(typeof(ShadowBudget))), (PlanKeys.Eligible, Names(typeof(ConditionDocument))),
            (SettingsKeys.Policy, Names(ApiJson.Default.EvaluationPolicyDocument)), (SettingsKeys.Bar, Names(typeof(JudgeBar))),
        })
            Assert.Equal(keys.Order(StringComparer.Ordinal), shape.Keys.Select(key => key.NameInJson).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_files_of_the_samples_fit_their_schemas()
    {
        var sample = Path.Combine(Slipway.Tests.Repository.Root, "samples/support-router");
        Assert.Empty(EditorSchema.Violations(Path.Combine(sample, "plan.json"), PlanKeys.Plan));
        Assert.Empty(EditorSchema.Violations(Path.Combine(sample, CiSettings.FileName), SettingsKeys.Settings));
        Assert.All(Directory.GetFiles(Path.Combine(sample, "contracts")), path => Assert.Empty(EditorSchema.Violations(path, ContractFile.Keys)));
        Assert.All(Directory.GetFiles(Path.Combine(sample, "evals"), "*.json"), path => Assert.Empty(EditorSchema.Violations(path, EvaluationKeys.Manifest)));
    }

    [Theory]
    [InlineData("0%", "00.5%", "099%", "100%", "100.0000%", "100.1%", "101%", "1.23456%", "1", "%", "-1%", "1.%", "0100%", "5 %")]
    public void The_pattern_of_a_share_takes_what_Core_takes(params string[] shares)
    {
        var schema = EditorSchema.Compiled(JsonElement.Parse(PlanKeys.Step.Keys[0].Form.Schema(json: true).ToJsonString()));
        Assert.All(shares, share => Assert.Equal(Core.Resolution.Share.TryParse(share, out _), schema.Validate(JsonElement.Parse(JsonSerializer.Serialize(share))).IsEmpty));
    }

    private static IReadOnlyList<string> Plan(string path)
    {
        try
        {
            JsonSerializer.Deserialize(File.ReadAllText(path), ApiJson.Default.ReleasePlanDocument);
            return [];
        }
        catch (JsonException exception)
        {
            return [exception.Message];
        }
    }

    private static IEnumerable<string> Names(Type type) => Names(ApiJson.Default.Options.GetTypeInfo(type));

    private static IEnumerable<string> Names(JsonTypeInfo type) => type.Properties.Select(property => property.Name);
}
