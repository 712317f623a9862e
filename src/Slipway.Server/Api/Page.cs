using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Server.Api;

/// <summary>Which part of a list is wanted: at most <paramref name="Limit"/> items, after the one that <paramref name="After"/> names.</summary>
/// <param name="Limit">1 to 1000; default 500.</param>
/// <param name="After">As the link of the page before gave it; null for the beginning.</param>
/// <remarks>A list that goes on has the header <c>Link: &lt;…&gt;; rel="next"</c> (RFC 8288). What is named stays named: items that come in between shift nothing.</remarks>
internal sealed record Page(int Limit, string? After)
{
    private const int Default = 500;
    private const int Most = 1_000;

    /// <summary>Reads <c>limit</c> and <c>after</c> from the query.</summary>
    /// <exception cref="BadHttpRequestException">The limit is none.</exception>
    public static ValueTask<Page> BindAsync(HttpContext context)
    {
        var (limit, after) = (context.Request.Query["limit"].ToString(), context.Request.Query["after"].ToString());
        if (limit.Length == 0) return ValueTask.FromResult(new Page(Default, after.Length == 0 ? null : after));
        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most
            ? ValueTask.FromResult(new Page(number, after.Length == 0 ? null : after))
            : throw new BadHttpRequestException($"limit must be a whole number from 1 to {Most}.");
    }

    /// <summary>Answers with one page.</summary>
    /// <param name="context">Gets the link to the next page.</param>
    /// <param name="items">All of them, always in the same order.</param>
    /// <param name="name">What names an item within the list.</param>
    public IResult Of<T>(HttpContext context, IEnumerable<T> items, Func<T, string> name)
    {
        var rest = items;
        if (After is not null)
        {
            var all = items.ToList();
            var at = all.FindIndex(item => name(item) == After);
            if (at < 0) return Refusals.Invalid([$"after names \"{After}\", which is not in this list."]);
            rest = all.Skip(at + 1);
        }
        ImmutableArray<T> page = [.. rest.Take(Limit + 1)];
        if (page.Length <= Limit) return TypedResults.Ok(page);
        page = page[..Limit];
        var query = context.Request.Query.Where(field => field.Key is not ("after" or "limit")).SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value)))
            .Append(new("limit", Limit.ToString(CultureInfo.InvariantCulture))).Append(new("after", name(page[^1])));
        context.Response.Headers.Append("Link", $"<{context.Request.Path.ToUriComponent()}{QueryString.Create(query).ToUriComponent()}>; rel=\"next\"");
        return TypedResults.Ok(page);
    }
}
