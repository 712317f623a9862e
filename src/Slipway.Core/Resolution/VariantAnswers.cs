namespace Slipway.Core.Resolution;

/// <summary>The answers of a prompt's variants, by tenant and then by model, made once: one look for a tenant without any, and one for its model.</summary>
internal sealed class VariantAnswers
{
    private readonly Dictionary<string, Answers> tenants = new(StringComparer.Ordinal);
    private readonly Answers everybody = new();

    public VariantAnswers(IEnumerable<(VariantKey Key, Decision.Serve Answer)> variants)
    {
        foreach (var (key, answer) in variants)
        {
            var answers = key.Tenant is not { } tenant ? everybody : tenants.TryGetValue(tenant, out var known) ? known : tenants[tenant] = new Answers();
            if (key.Model is { } model) answers.ByModel[model] = answer;
            else answers.Any = answer;
        }
    }

    /// <summary>The tenant's with the model, then the tenant's for any, then everybody's with the model; null for none.</summary>
    public Decision.Serve? Find(string? tenant, string? model)
    {
        if (tenant is not null && tenants.TryGetValue(tenant, out var own) && (own.Find(model) ?? own.Any) is { } answer) return answer;
        return everybody.Find(model);
    }

    private sealed class Answers
    {
        public Dictionary<string, Decision.Serve> ByModel { get; } = new(StringComparer.Ordinal);

        public Decision.Serve? Any { get; set; }

        public Decision.Serve? Find(string? model) => model is not null && ByModel.TryGetValue(model, out var answer) ? answer : null;
    }
}
