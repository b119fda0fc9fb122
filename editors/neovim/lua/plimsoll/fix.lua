-- :PlimsollFixAll

local server = require('plimsoll.client')

local M = {}

local KIND = 'source.fixAll.plimsoll'

-- A fix may make place for another one: this many rounds, and no more.
local ROUNDS = 5

---@param client vim.lsp.Client
---@param bufnr integer
---@param round integer
local function again(client, bufnr, round)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(bufnr),
    range = {
      start = { line = 0, character = 0 },
      ['end'] = { line = vim.api.nvim_buf_line_count(bufnr), character = 0 },
    },
    context = { diagnostics = {}, only = { KIND } },
  }
  client:request('textDocument/codeAction', params, function(err, actions)
    local action = vim.iter(actions or {}):find(function(each)
      return each.kind == KIND and not each.disabled
    end)
    if err then
      server.tell(err.message, vim.log.levels.ERROR)
    elseif not action then
      server.tell(round == 1 and 'nothing has a safe fix' or 'all that has a safe fix is fixed')
    else
      client:request('codeAction/resolve', action, function(problem, resolved)
        if problem then
          server.tell(problem.message, vim.log.levels.ERROR)
          return
        end
        local before = vim.api.nvim_buf_get_changedtick(bufnr)
        vim.lsp.util.apply_workspace_edit(resolved.edit, client.offset_encoding)
        if round < ROUNDS and vim.api.nvim_buf_get_changedtick(bufnr) ~= before then
          again(client, bufnr, round + 1)
        end
      end, bufnr)
    end
  end, bufnr)
end

---Makes all safe fixes of the Dockerfile, until there are none.
function M.all()
  local bufnr, client = server.current()
  if bufnr and client then
    again(client, bufnr, 1)
  end
end

return M
