using System.Collections.Immutable;

namespace Slipway.Bench;

/// <summary>What the command line asks for.</summary>
/// <param name="Names">The benchmarks to run; none means all.</param>
/// <param name="Quick">One short round of each and no judgement: shows that everything works.</param>
/// <param name="Results">The file to write the tables to; null where they are only printed.</param>
/// <param name="Folder">Where databases and files are made; its disk is the one that is measured.</param>
internal sealed record Options(ImmutableArray<string> Names, bool Quick, string? Results, string Folder)
{
    public static Options? Parse(string[] arguments, ImmutableArray<string> known, out string problem)
    {
        var help = $"bench/run.sh [NAME…] [--quick] [--write] [--folder DIR]\nNames: {string.Join(", ", known)}. Without one, all are measured.";
        problem = help;
        var (names, quick, write, folder) = (ImmutableArray.CreateBuilder<string>(), false, false, Path.Combine("artifacts", "bench"));
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick": quick = true; break;
                case "--write": write = true; break;
                case "--folder" when i + 1 < arguments.Length: folder = arguments[++i]; break;
                case "--help" or "-h": return null;
                case var name when known.Contains(name): names.Add(name); break;
                case var other:
                    problem = $"There is no benchmark or option {other}.\n{help}";
                    return null;
            }
        }
        if (write && (quick || names.Count > 0))
        {
            problem = "--write keeps the numbers of one whole run: take neither names nor --quick with it.";
            return null;
        }
        var results = Path.Combine("bench", "RESULTS.md");
        if (write && !Directory.Exists("bench"))
        {
            problem = $"{results} is written from the repository's root: run bench/run.sh --write.";
            return null;
        }
        return new Options(names.ToImmutable(), quick, write ? results : null, Path.GetFullPath(folder));
    }
}
