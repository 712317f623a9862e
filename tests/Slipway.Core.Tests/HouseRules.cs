using Slipway.Core.Rendering;

namespace Slipway.Core.Tests;

public sealed class HouseRules
{
    [Fact]
    public void Core_references_only_the_platform()
    {
        var foreign = typeof(ChatMessage).Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.Empty(foreign);
    }
}
