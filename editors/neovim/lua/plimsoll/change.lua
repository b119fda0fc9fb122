-- :PlimsollChange, :PlimsollWorkingTree

local layers = require('plimsoll.layers')
local server = require('plimsoll.client')

local M = {}

local ANOTHER = 'Another file…'

---@param path string
local function show(path)
  local name = vim.fn.fnamemodify(path, ':~:.')
  layers.open({ after = 'After a change of ' .. name, changes = { changed = { vim.uri_from_fname(path) } } })
end

---@param context string
local function pick_another(context)
  vim.ui.input({ prompt = 'The file that changes: ', default = context .. '/', completion = 'file' }, function(path)
    if path and path ~= '' then
      show(vim.fs.abspath(path))
    end
  end)
end

---Marks the steps that a change of a file runs again.
---@param path? string without one it is asked for
function M.file(path)
  if path then
    show(vim.fs.abspath(path))
    return
  end
  layers.explained(function(explained)
    local context = explained.context and explained.context.path or vim.fn.getcwd()
    local files = {}
    for _, scenario in ipairs(explained.scenarios) do
      if vim.uv.fs_stat(vim.fs.joinpath(context, scenario.change)) then
        table.insert(files, scenario.change)
      end
    end
    table.insert(files, ANOTHER)
    vim.ui.select(files, { prompt = 'What does a change run again?' }, function(choice)
      if choice == ANOTHER then
        pick_another(context)
      elseif choice then
        show(vim.fs.joinpath(context, choice))
      end
    end)
  end)
end

---Marks the steps that all changes since a commit run again.
---@param revision? string
function M.working_tree(revision)
  revision = revision or 'HEAD'
  local dockerfile = server.dockerfile()
  local unsaved = dockerfile and vim.bo[dockerfile].modified and ' (what is not saved is left out)' or ''
  layers.open({ after = ('After a build of %s%s'):format(revision, unsaved), since = revision })
end

return M
